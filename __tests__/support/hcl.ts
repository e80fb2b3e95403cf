/** The argument of the first `jsonencode` in Terraform's language, as this project writes it; references become text. */
export function jsonEncodedIn(hcl: string): unknown {
  const [, object = ''] = /jsonencode\(([\s\S]*?)\)\n\}/.exec(hcl) ?? [];
  const json = object
    .replaceAll(/^( *)("(?:[^"\\]|\\.)*"|[\w-]+) += /gm, (_all, space, key) =>
      key.startsWith('"') ? `${space}${key}: ` : `${space}"${key}": `,
    )
    .replaceAll(/([\]}"\w])\n( *["{])/g, '$1,\n$2')
    .replaceAll(/: (aws_[\w.]+)/g, ': "$1"')
    .replaceAll(/([$%])\1\{/g, '$1{');
  return JSON.parse(json);
}
