/** A text without the values that vary between similar failures: ARNs, account IDs and request IDs. */
export function withoutNames(text: string): string {
  return text
    .replaceAll(/arn:[a-z-]+:[a-z]+::\d{12}:[!#-.0-~/]+/g, 'ARN')
    .replaceAll(/(?<!\d)\d{12}(?!\d)/g, 'ACCOUNT')
    .replaceAll(/\(request [^()]*\)/g, 'REQUEST');
}
