/** One line that a step wrote for the runner: `::name key=value,…::message`. */
export interface WorkflowCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Reads a line as the runner does; undefined for a line of the log. */
export function parseCommand(line: string): WorkflowCommand | undefined {
  const [, command, properties = '', message = ''] =
    /^\s*::([a-z-]+)(?: ([^:]*(?::[^:]+)*?))?::(.*)$/.exec(line) ?? [];
  if (command === undefined) return undefined;
  const entries = properties
    .split(',')
    .filter((pair) => pair.includes('='))
    .map(
      (pair) =>
        [pair.slice(0, pair.indexOf('=')).trim(), unescapeData(pair.slice(pair.indexOf('=') + 1))] as const,
    );
  return { command, properties: Object.fromEntries(entries), message: unescapeData(message) };
}

function unescapeData(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

/**
 * Reads a file such as `GITHUB_ENV`: `name=value` lines and `name<<delimiter` blocks.
 *
 * @throws Error when the file is not one that the runner would take
 */
export function parseCommandFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name, delimiter] = /^([^=]*?)<<(.+)$/.exec(line) ?? [];
    if (name !== undefined && delimiter !== undefined) {
      const end = lines.indexOf(delimiter, at + 1);
      if (end < 0) throw new Error(`the value of ${name} does not end`);
      values[name] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else if (line.includes('=')) {
      values[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    } else {
      throw new Error(`a line that is neither name=value nor the start of a block`);
    }
  }
  return values;
}

/** What readers of the job see: masked, commands shown as the log page shows them. */
export function renderLog(stdout: string, masks: Set<string>, debug = false): string {
  const shown: string[] = [];
  let indent = '';
  for (const line of stdout.split('\n')) {
    const parsed = parseCommand(line);
    if (parsed?.command === 'add-mask') {
      for (const part of parsed.message.split(/\r?\n/)) if (part !== '') masks.add(part);
    } else if (parsed === undefined) {
      shown.push(indent + maskIn(line, masks));
    } else if (parsed.command === 'group') {
      shown.push(`▼ ${maskIn(parsed.message, masks)}`);
      indent = '  ';
    } else if (parsed.command === 'endgroup') {
      indent = '';
    } else if (parsed.command !== 'debug' || debug) {
      const label = parsed.command[0]?.toUpperCase() + parsed.command.slice(1);
      shown.push(`${label}: ${maskIn(parsed.message, masks)}`);
    }
  }
  return shown.join('\n').trimEnd();
}

/** `text` with every mask replaced, the longest first. */
export function maskIn(text: string, masks: ReadonlySet<string>): string {
  return [...masks]
    .sort((a, b) => b.length - a.length)
    .reduce((masked, mask) => masked.replaceAll(mask, '***'), text);
}
