/** What may be an account ID in `content`, each once. */
export function accountIdsIn(content: string): readonly string[] {
  return [...new Set(content.match(/(?<!\d)\d{12}(?!\d)/g))];
}
