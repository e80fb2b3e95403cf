/** Why a document could not be read, in words for a message. The words quote nothing from the document. */
export interface Unreadable {
  readonly unreadable: string;
}
