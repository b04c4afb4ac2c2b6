// Four comforts on top of pages that work without them. Plain script for kernels from Chromium 86 on.
(function () {
  'use strict';

  // New rows arrive by count, not by jump: a link appears that reloads the list.
  var news = document.querySelector('[data-news]');
  if (news) {
    var ask = function () {
      if (document.hidden) return;
      fetch(news.dataset.news, { credentials: 'same-origin' }).then(function (answer) {
        return answer.ok ? answer.json() : null;
      }).then(function (fresh) {
        if (!fresh) return;
        news.hidden = fresh.count === 0;
        news.querySelector('[data-count]').textContent = fresh.count;
      }).catch(function () { /* the next try is 2 s away */ });
    };
    setInterval(ask, 2000);
  }

  // A countdown runs on the server's clock, from the difference it was rendered with; it changes by the minute and is not read aloud.
  document.querySelectorAll('[data-left]').forEach(function (box) {
    var left = Number(box.dataset.left), begun = performance.now();
    var put = function (part, value) {
      var place = box.querySelector('[data-part="' + part + '"]');
      if (place && place.textContent !== String(value)) place.textContent = value;
    };
    setInterval(function () {
      var minutes = Math.floor(Math.abs(left - (performance.now() - begun) / 1000) / 60);
      var days = box.querySelector('[data-part="d"]') ? Math.floor(minutes / 1440) : 0;
      put('d', days);
      put('h', Math.floor((minutes - days * 1440) / 60));
      put('m', minutes % 60);
    }, 5000);
  });

  // What is typed into one form goes along with another's button and is still there afterwards.
  document.querySelectorAll('form[data-carries]').forEach(function (form) {
    form.addEventListener('formdata', function (event) {
      var own = Array.from(event.formData.keys()), other = document.getElementById(form.dataset.carries);
      if (other) new FormData(other).forEach(function (value, name) {
        if (own.indexOf(name) < 0) event.formData.append(name, value);
      });
    });
  });

  // A form that can be checked before it is sent shows the answer beside it while it is filled in. Goes by POST: nothing typed reaches an address.
  document.querySelectorAll('form[data-check]').forEach(function (form) {
    var asked = 0, pause = 0;
    var check = function () {
      var mine = ++asked, body = new URLSearchParams(new FormData(form));
      body.set(form.dataset.check, 'check');
      fetch(form.action || location.href, { method: 'POST', body: body, credentials: 'same-origin' }).then(function (answer) {
        return answer.ok ? answer.text() : null;
      }).then(function (html) {
        if (html === null || mine !== asked) return;
        var fresh = new DOMParser().parseFromString(html, 'text/html');
        form.querySelectorAll('[data-live]').forEach(function (place) {
          var now = fresh.getElementById(place.id);
          if (now && now.innerHTML !== place.innerHTML) place.innerHTML = now.innerHTML;
        });
      }).catch(function () { /* the form still checks when it is sent */ });
    };
    form.addEventListener('input', function (event) {
      if (!event.target.closest('[data-checks]')) return;
      clearTimeout(pause);
      pause = setTimeout(check, 350);
    });
  });
})();
