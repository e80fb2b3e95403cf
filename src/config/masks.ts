import { parseProxyUrl, proxySecrets } from '../platform/http/proxy-settings.ts';
import { InputReader, type InputText } from './input-reader.ts';
import { inputEntries, type Mask } from './inputs.ts';

const MASKS: Readonly<Record<Mask, (text: string, inputs: InputReader) => readonly string[]>> = {
  secret: (text) => [text],
  'access-key-id': (text, inputs) => (inputs.get('mask-aws-access-key-id') ? [text] : []),
  password: passwordsIn,
  'account-ids': (text, inputs) => (inputs.get('mask-aws-account-id') ? accountIdsIn(text) : []),
};

/** The parts of the inputs to mask before anything else, so that no message about another input contains them. */
export function masksInInputs(text: InputText): string[] {
  const inputs = new InputReader(text);
  const masks = inputEntries().flatMap(([name, { mask }]) =>
    mask === undefined ? [] : MASKS[mask](text(name).trim(), inputs),
  );
  return [...new Set(masks)].filter((mask) => mask !== '');
}

/** The account IDs in the content of a file that an input names, if `mask-aws-account-id` is `true`. */
export function masksInText(text: InputText, content: string | undefined): readonly string[] {
  return content === undefined ? [] : MASKS['account-ids'](content, new InputReader(text));
}

/** The password of a URL as written and as sent. A URL that is not valid is in the log of the runner all the same. */
function passwordsIn(url: string): readonly string[] {
  const parsed = parseProxyUrl(url);
  const written = /:\/\/[^/@:]*:([^/@]*)@/.exec(url)?.[1] ?? '';
  return [written, ...(parsed === undefined ? [] : proxySecrets(parsed))];
}

/** What may be an account ID in `content`, each once. */
export function accountIdsIn(content: string): readonly string[] {
  return [...new Set(content.match(/(?<!\d)\d{12}(?!\d)/g))];
}
