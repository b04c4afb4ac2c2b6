// The schemas as tables: one row a member, with its form, its rule and whether it must be there.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { code, inline, table } from './html.mjs';

export class Schemas {
  constructor(folder) {
    this.all = new Map(readdirSync(folder).filter(name => name.endsWith('.json')).sort()
      .map(name => [name.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, name), 'utf8'))]));
  }

  get names() { return [...this.all.keys()]; }

  get(name) {
    if (!this.all.has(name)) throw new Error(`no schema ${name}`);
    return this.all.get(name);
  }

  get definitions() { return this.get('common').$defs; }

  // A link to where a reference is shown: './schemas/x.json', 'x.json', 'common.json#/$defs/y'.
  link = reference => {
    const [, name, definition] = /([a-z0-9.-]+?)\.json(?:#\/\$defs\/?(.*))?$/i.exec(reference);
    if (definition) return `<a href="#form-${definition}">${definition}</a>`;
    if (name === 'common') return '<a href="#forms">forms and code lists</a>';
    this.get(name);
    return `<a href="#schema-${name}">${name}</a>`;
  };

  form(schema) {
    if (schema.$ref) return this.link(schema.$ref);
    if (schema.enum) return schema.enum.map(code).join(' ');
    if (schema.type === 'array') return `list of ${this.form(schema.items ?? {})}${schema.maxItems ? `, at most ${schema.maxItems}` : ''}`;
    if (schema.type === 'object' && schema.properties) return this.members(schema);
    const bounds = [schema.pattern && code(schema.pattern), schema.maxLength && `at most ${schema.maxLength} characters`,
      schema.minimum !== undefined && `${schema.minimum} to ${schema.maximum ?? '…'}`].filter(Boolean);
    return [schema.type ?? 'any', ...bounds].join(', ');
  }

  members(schema) {
    const required = new Set(schema.required ?? []);
    const rows = Object.entries(schema.properties ?? {}).map(([name, member]) =>
      [code(name), required.has(name) ? 'yes' : '', this.form(member), inline(member.description ?? this.described(member))]);
    const open = schema.additionalProperties === false ? '<p class="note">No other member.</p>' : '';
    return rows.length ? table(['Member', 'Required', 'Form', 'Meaning'], rows) + open : '<p class="note">No member of its own.</p>';
  }

  described(member) {
    const definition = /common\.json#\/\$defs\/(\w+)$/.exec(member.$ref ?? '')?.[1];
    return definition ? this.definitions[definition].description ?? '' : '';
  }

  show(name) {
    const schema = this.get(name);
    const choices = [...schema.anyOf ?? [], ...schema.oneOf ?? []].filter(choice => choice.$ref);
    return [`<p>${inline(schema.description ?? '')}</p>`,
      choices.length ? `<p>One of ${choices.map(choice => this.link(choice.$ref)).join(', ')}.</p>` : this.members(schema)].join('\n');
  }
}
