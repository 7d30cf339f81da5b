/** A node of the Atlassian Document Format that the gateway writes. */
export interface AdfContent {
  readonly type: string;
  /** Of the document alone. */
  readonly version?: 1;
  /** Never empty. */
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, string | number>>;
  readonly marks?: readonly WrittenMark[];
  readonly content?: readonly AdfContent[];
}

export interface WrittenMark {
  readonly type: 'strong' | 'em' | 'strike' | 'code' | 'link';
  readonly attrs?: Readonly<Record<string, string>>;
}
