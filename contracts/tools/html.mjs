// Small pieces of HTML. What is text is escaped; `backticks` and stars of the contract's descriptions become code, bold and emphasis.
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escape = text => String(text).replace(/[&<>"]/g, sign => escapes[sign]);

export const inline = text => escape(text ?? '')
  .replace(/`([^`]+)`/g, '<code>$1</code>')
  .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
  .replace(/(^|[\s(])\*([^*\s]+)\*/g, '$1<em>$2</em>');

export const code = text => `<code>${escape(text)}</code>`;

export const paragraphs = text => String(text ?? '').trim().split(/\n\s*\n/).map(p => `<p>${inline(p)}</p>`).join('\n');

export const table = (heads, rows, kind = '') => `<div class="wide"><table class="${kind}">
<thead><tr>${heads.map(head => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>${rows.map(([first, ...cells]) => `<tr><th scope="row">${first}</th>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}</tbody>
</table></div>`;

export const section = (id, title, ...body) => `<section id="${id}"><h2><a href="#${id}">${escape(title)}</a></h2>\n${body.join('\n')}\n</section>`;

export const sub = (id, title, ...body) => `<article id="${id}"><h3><a href="#${id}">${title}</a></h3>\n${body.join('\n')}\n</article>`;

// A value of the contract's `x-...` parts, however it is nested.
export const value = (given, link) => {
  if (Array.isArray(given) && given.every(item => /^\S+$/.test(item))) return given.map(code).join(' ');
  if (Array.isArray(given)) return `<ol>${given.map(item => `<li>${value(item, link)}</li>`).join('')}</ol>`;
  if (given?.$ref) return link(given.$ref);
  if (given && typeof given === 'object') return table(['', ''], Object.entries(given).map(([name, inner]) => [code(name), value(inner, link)]), 'pairs');
  return inline(given);
};

export const example = given => `<pre>${escape(JSON.stringify(given, null, 2))}</pre>`;
