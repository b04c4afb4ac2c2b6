// node page.mjs CONTRACTS OUTPUT: the whole contract as one HTML page, without scripts and without anything fetched.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';
import { code, escape, example, inline, paragraphs, section, sub, table, value } from './html.mjs';
import { Schemas } from './schemas.mjs';

const [contracts, output] = process.argv.slice(2);
const read = (...path) => readFileSync(join(contracts, ...path), 'utf8');
const api = yaml.load(read('asyncapi.yaml'));
const schemas = new Schemas(join(contracts, 'schemas'));
const manifest = JSON.parse(read('examples', 'manifest.json')).examples;
const { channels, components: { messages } } = api;
const typeOf = ({ kind, version }) => `${kind}.v${version}`;
const pointed = reference => reference.split('/').at(-1);
const schemaOf = reference => /([^/]+)\.json$/.exec(reference)[1];

const kinds = Object.keys(channels.submit.messages).map(name => ({ name, ...messages[pointed(channels.submit.messages[name].$ref)] }));
const header = kind => schemas.get(schemaOf(kind.payload.properties.header.$ref));
const everywhere = Object.keys(header(kinds[0]).properties).filter(member => kinds.every(kind => header(kind).required.includes(member)));
const only = (schema, wanted) => ({ ...schema, properties: Object.fromEntries(Object.entries(schema.properties).filter(([member]) => wanted(member))) });

function overview() {
  const rows = kinds.map(kind => [`<a href="#kind-${kind.name}">${code(kind.name)}</a>`, inline(kind['x-who']), inline(kind['x-allowed']), inline(kind.summary)]);
  return section('kinds', 'Kinds', '<p>What a county may send to another, or to the hub.</p>', table(['Kind', 'Who', 'When', 'What it says'], rows));
}

function headerTable() {
  const members = [...new Set(kinds.flatMap(kind => Object.keys(header(kind).properties)))].filter(member => !everywhere.includes(member));
  const mark = (kind, member) => header(kind).required.includes(member) ? '<span title="must be there">●</span>' : member in header(kind).properties ? '<span title="may be there">○</span>' : '';
  const rows = kinds.map(kind => [`<a href="#kind-${kind.name}">${kind.name}</a>`, ...members.map(member => mark(kind, member))]);
  const rules = Object.entries(api['x-header-rules']).map(([member, rule]) => [code(member), inline(rule)]);
  return section('header', 'Header members by kind',
    '<p>In every header:</p>', schemas.members({ ...only(header(kinds[0]), member => everywhere.includes(member) && member !== 'kind'), required: everywhere, additionalProperties: true }),
    `<p>Beside these and ${code('kind')}: ● must be there, ○ may be; any other is refused.</p>`,
    table(['Kind', ...members.map(member => `<span class="turned">${member}</span>`)], rows, 'marks'),
    table(['Member', 'Rule'], rules));
}

function kindOf(kind) {
  const shown = manifest.find(one => one.content !== undefined && one.refusals?.length === 0 && typeOf(JSON.parse(read('examples', one.file)).header) === kind.bindings.amqp.messageType);
  const content = schemas.get(schemaOf(kind['x-content'].$ref));
  const examples = shown
    ? [`<details><summary>Example: ${inline(shown.why)}</summary><p>The header, and what is sealed.</p>`, example(JSON.parse(read('examples', shown.file)).header), example(shown.content), '</details>'] : [];
  return sub(`kind-${kind.name}`, `${code(kind.bindings.amqp.messageType)} ${escape(kind.title)}`, paragraphs(kind.summary),
    `<p><strong>Who:</strong> ${inline(kind['x-who'])}. <strong>When:</strong> ${inline(kind['x-allowed'])}</p>`,
    `<h4>Header, beside <a href="#header">what every header has</a></h4><p>${inline(header(kind).description)}</p>`, schemas.members(only(header(kind), member => !everywhere.includes(member))),
    `<h4>Content</h4><p>${inline(content.description)}</p>`, schemas.members(content), ...examples);
}

function fromTheHub() {
  const named = Object.keys(channels.inbox.messages).map(name => [name, messages[pointed(channels.inbox.messages[name].$ref)]]);
  return section('hub', 'What the hub sends', ...named.map(([name, message]) => sub(`hub-${name}`, escape(message.title), paragraphs(message.summary),
    `<p>Body: ${schemas.link(message.payload.$ref)}${message['x-leaf'] ? `; leaf: ${schemas.link(message['x-leaf'].$ref)}` : ''}.</p>`)));
}

function broker() {
  const rows = Object.entries(channels).map(([, channel]) => {
    const { exchange, queue } = channel.bindings.amqp;
    return [escape(channel.title), code(exchange ? exchange.name : queue.name), exchange ? `exchange, ${exchange.type}` : 'queue', exchange ? code(channel.address) : '', inline(channel.description)];
  });
  const trait = api.components.messageTraits.submission;
  return section('broker', 'Exchanges, queues, properties', paragraphs(api.servers.broker.description),
    table(['', 'Name', 'Is', 'Routing key', ''], rows), '<h3>Properties of a submission</h3>',
    table(['Property', 'Value'], Object.entries(trait['x-amqp-properties']).map(([name, rule]) => [code(name), inline(rule)])),
    `<p>Refused: ${trait['x-amqp-refused'].map(code).join(' ')}. Ignored: ${inline(trait['x-amqp-ignored'])}</p>`);
}

const titles = { 'x-jose': 'Signatures', 'x-receive': 'Receiving', 'x-resend': 'Sending again', 'x-enrolment': 'Enrolment and rotation' };
const elsewhere = ['x-header-rules', 'x-http', 'x-refusals', 'x-code-lists'];
const rest = () => Object.keys(api).filter(name => name.startsWith('x-') && !elsewhere.includes(name))
  .map(name => free(name.slice(2), titles[name] ?? name[2].toUpperCase() + name.slice(3), name));
const free = (id, title, name) => section(id, title, typeof api[name] === 'string' ? paragraphs(api[name]) : value(api[name], schemas.link));

function http() {
  const rows = api['x-http'].calls.map(({ call, token, body, answer, note }) => [code(call), token === true ? 'own' : token || '',
    [body && `Body: ${value(body, schemas.link)}.`, answer && `Answer: ${value(answer, schemas.link)}.`, inline(note)].filter(Boolean).join(' ')]);
  return section('http', 'HTTP calls', `<p>Below ${code(api.servers.http.pathname)}. Errors: ${schemas.link(api['x-http'].errors.$ref)}.</p>`,
    ...Object.entries(api['x-http']).filter(([name]) => !['errors', 'calls'].includes(name)).map(([, text]) => paragraphs(text)), table(['Call', 'Token', ''], rows));
}

function refusals() {
  const { rule, codes } = api['x-refusals'];
  return section('refusals', 'Refusal codes', paragraphs(rule), table(['Code', 'When'], Object.entries(codes).map(([name, when]) => [code(name), inline(when)])));
}

function forms() {
  const rows = Object.entries(schemas.definitions).map(([name, form]) => [`<span id="form-${name}">${code(name)}</span>`, schemas.form(form), inline(form.description ?? '')]);
  return section('forms', 'Forms and code lists', table(['Name', 'Form', 'Meaning'], rows));
}

const shownAbove = name => /^(header|content)\./.test(name) || name === 'common';
const allSchemas = () => section('schemas', 'Schemas',
  ...schemas.names.filter(name => !shownAbove(name)).map(name => sub(`schema-${name}`, `${code(`${name}.json`)} ${escape(schemas.get(name).title)}`, schemas.show(name))));

const body = [
  section('about', 'About', paragraphs(api.info.description)), overview(), headerTable(),
  section('each', 'Each kind', ...kinds.map(kindOf)), fromTheHub(), broker(),
  ...rest(), http(), refusals(), forms(), allSchemas(),
].join('\n');
const contents = [...body.matchAll(/<section id="([^"]+)"><h2><a[^>]*>([^<]+)</g)].map(([, id, title]) => `<li><a href="#${id}">${title}</a></li>`).join('\n');

writeFileSync(output, `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(api.info.title)} ${escape(api.info.version)}</title>
<style>
${readFileSync(new URL('page.css', import.meta.url), 'utf8')}</style></head>
<body><nav aria-label="Contents"><p><strong>${escape(api.info.title)}</strong> ${escape(api.info.version)}</p><ul>
${contents}
</ul></nav>
<main><h1>${escape(api.info.title)} ${escape(api.info.version)}</h1>
${body}
</main></body></html>
`);
