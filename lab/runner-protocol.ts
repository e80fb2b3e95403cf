/** A workflow command: `::name key=value,…::message` or `##[name key=value;…]message`. */
export interface WorkflowCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** The commands that runner 2.336 registers (`ActionCommandManager.cs`). Names are not case-sensitive. */
const REGISTERED: ReadonlySet<string> = new Set([
  'stop-commands',
  'set-env',
  'set-output',
  'save-state',
  'add-mask',
  'add-path',
  'add-matcher',
  'remove-matcher',
  'debug',
  'warning',
  'error',
  'notice',
  'echo',
  'group',
  'endgroup',
]);

/** The characters that `String.TrimStart` of .NET removes. */
const WHITE_SPACE = /^[\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+/;

/** Parses a line as the runner does (`ActionCommand.cs`); undefined for a plain log line. */
export function parseCommand(
  line: string,
  registered: ReadonlySet<string> = REGISTERED,
): WorkflowCommand | undefined {
  return atStart(line, registered) ?? anywhere(line, registered);
}

/** Parses `::name key=value,…::message` after optional white space. */
function atStart(line: string, registered: ReadonlySet<string>): WorkflowCommand | undefined {
  const text = line.replace(WHITE_SPACE, '');
  const end = text.indexOf('::', 2);
  if (!text.startsWith('::') || end < 0) return undefined;
  return commandOf(text.slice(2, end), text.slice(end + 2), registered, {
    separator: ',',
    property: (value) => unescaped(value, ['\r', '\n', ':', ',', '%']),
    data: (value) => unescaped(value, ['\r', '\n', '%']),
  });
}

/** Parses `##[name key=value;…]message` anywhere in the line. */
function anywhere(line: string, registered: ReadonlySet<string>): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  const plain = (value: string) => unescaped(value, [';', '\r', '\n', ']', '%']);
  return commandOf(line.slice(start + 3, end), line.slice(end + 1), registered, {
    separator: ';',
    property: plain,
    data: plain,
  });
}

interface Syntax {
  readonly separator: string;
  readonly property: (value: string) => string;
  readonly data: (value: string) => string;
}

function commandOf(
  info: string,
  data: string,
  registered: ReadonlySet<string>,
  syntax: Syntax,
): WorkflowCommand | undefined {
  const space = info.indexOf(' ');
  const command = (space < 0 ? info : info.slice(0, space)).toLowerCase();
  if (!registered.has(command)) return undefined;
  const properties = (space < 0 ? '' : info.slice(space + 1))
    .split(syntax.separator)
    .flatMap((pair): [string, string][] => {
      const at = pair.indexOf('=');
      return at <= 0 || at === pair.length - 1
        ? []
        : [[pair.slice(0, at).trim(), syntax.property(pair.slice(at + 1))]];
    });
  return { command, properties: Object.fromEntries(properties), message: syntax.data(data) };
}

/** Decodes escapes of the form `%0D` for these characters, in this order. The runner decodes `%25` last. */
function unescaped(text: string, characters: readonly string[]): string {
  return characters.reduce(
    (known, character) =>
      known.replaceAll(
        `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
        () => character,
      ),
    text,
  );
}

/** A line of a step's output, and the command in it that the runner executes. */
export interface OutputLine {
  readonly line: string;
  readonly command: WorkflowCommand | undefined;
}

/** The lines that a step wrote to standard output and standard error. Obeys `stop-commands`. */
export function readOutput(output: string): readonly OutputLine[] {
  let token: string | undefined;
  return output.split(/\r\n|\n|\r/).map((line) => {
    const command = parseCommand(line, token === undefined ? REGISTERED : new Set([...REGISTERED, token]));
    if (token !== undefined) {
      if (command?.command === token) token = undefined;
      return { line, command: undefined };
    }
    if (command?.command === 'stop-commands') token = command.message.toLowerCase();
    return { line, command };
  });
}

/** The effects of commands in the output, without those of the command files. */
export interface Effects {
  readonly state: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The lasting effects of commands.
 *
 * @param insecure whether `ACTIONS_ALLOW_UNSECURE_COMMANDS` is set, without which the runner rejects `set-env`
 */
export function effectsOf(commands: readonly WorkflowCommand[], insecure: boolean): Effects {
  const named = (name: string) =>
    Object.fromEntries(
      commands.flatMap(({ command, properties, message }): [string, string][] =>
        command === name && properties.name !== undefined ? [[properties.name, message]] : [],
      ),
    );
  return {
    state: named('save-state'),
    outputs: named('set-output'),
    environment: insecure ? named('set-env') : {},
  };
}

/**
 * Parses a command file, for example `GITHUB_ENV`: `name=value` lines and `name<<delimiter` blocks.
 *
 * @throws Error if the runner would reject the file
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
      if (end < 0) throw new Error(`the delimiter of ${name} is missing`);
      values[name] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else if (line.includes('=')) {
      values[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    } else {
      throw new Error('a line is neither name=value nor the start of a block');
    }
  }
  return values;
}

/** The log as the job page shows it: with masks, and with commands rendered. Adds the masks of `add-mask` to `masks`. */
export function renderLog(output: string, masks: Set<string>, debug = false): string {
  const shown: string[] = [];
  let indent = '';
  for (const { line, command } of readOutput(output)) {
    const message = command?.message ?? line;
    switch (command?.command) {
      case undefined:
        shown.push(indent + maskIn(line, masks));
        break;
      case 'add-mask':
        for (const part of message.split(/\r?\n/).filter(Boolean)) masks.add(part);
        break;
      case 'group':
        shown.push(`▼ ${maskIn(message, masks)}`);
        indent = '  ';
        break;
      case 'endgroup':
        indent = '';
        break;
      case 'debug':
        if (debug) shown.push(`Debug: ${maskIn(message, masks)}`);
        break;
      default:
        shown.push(`${capitalized(command?.command ?? '')}: ${maskIn(message, masks)}`);
    }
  }
  return shown.join('\n').trimEnd();
}

/** Replaces every mask in the text, the longest first. */
function maskIn(text: string, masks: ReadonlySet<string>): string {
  return [...masks]
    .filter((mask) => text.includes(mask))
    .sort((a, b) => b.length - a.length)
    .reduce((masked, mask) => masked.replaceAll(mask, '***'), text);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
