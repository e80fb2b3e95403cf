/** A value as YAML that versions 1.1, which CloudFormation reads, and 1.2 understand alike. */
export function yamlOf(value: object): string {
  return linesOf(value)
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(value: object): string[] {
  const entries = Array.isArray(value)
    ? value.map((item) => ['-', item] as const)
    : Object.entries(value).map(([key, item]) => [`${scalar(key)}:`, item] as const);
  return entries.flatMap(([start, item]) => {
    if (typeof item !== 'object' || item === null) return [`${start} ${scalar(item)}`];
    const below = linesOf(item);
    if (below.length === 0) return [`${start} ${Array.isArray(item) ? '[]' : '{}'}`];
    const [first, ...others] = below;
    if (start === '-') return [`- ${first}`, ...others.map((line) => `  ${line}`)];
    return [start, ...below.map((line) => `  ${line}`)];
  });
}

/** Letters first, and nothing that YAML could read as another type or as syntax. */
const PLAIN = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z](?:[\w./@+-]|:+(?=[\w/]))*$/i;

function scalar(value: unknown): string {
  const text = String(value);
  return PLAIN.test(text) ? text : JSON.stringify(value);
}
