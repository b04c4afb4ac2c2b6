// node check.mjs FILE: reads an AsyncAPI file with the public parser and follows every reference.
// One line a finding; exit code 1 when one of them is an error.
import { Parser, fromFile } from '@asyncapi/parser';

const levels = ['error', 'warning', 'note', 'hint'];
const [file] = process.argv.slice(2);
const { document, diagnostics } = await fromFile(new Parser(), file).parse();
for (const { severity, code, message, path, range } of diagnostics)
  console.log(`${levels[severity]}: ${file}:${range.start.line + 1}: ${message} (${code}, at ${path.join('/') || '/'})`);

const count = level => diagnostics.filter(d => levels[d.severity] === level).length;
const seen = document ? `${document.operations().length} operations, ${document.allMessages().length} messages` : 'not an AsyncAPI document';
console.log(`${seen}: ${count('error')} errors, ${count('warning')} warnings`);
process.exitCode = document && count('error') === 0 ? 0 : 1;
