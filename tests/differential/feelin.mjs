// Evaluates a JSON list of [expression, context] pairs from standard input with feelin, and writes the values as a JSON list.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.env.FEELIN_HOME ? pathToFileURL(process.env.FEELIN_HOME + '/') : import.meta.url);
const { evaluate } = await import(pathToFileURL(require.resolve('feelin')).href);
const given = JSON.parse(readFileSync(0, 'utf8'));
const answers = given.map(([text, scope]) => {
  try {
    const { value } = evaluate(text, scope);
    return { value: value === undefined ? null : value };
  } catch (error) {
    return { error: String(error) };
  }
});
process.stdout.write(JSON.stringify(answers));
