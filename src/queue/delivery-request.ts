// Written by `npm run reference` after the schemas: change the words there.

/** What an app asks for. A null is the same as an absent field; a field that does not exist is an error. */
export type DeliveryRequest = {
  /** Your id for the delivery, unique in its account: the same id again is the same delivery. 1 to 128 characters out of `A-Z a-z 0-9 . _ ~ -`, not beginning with `j~`. Default: one is made. */
  readonly id?: string | null | undefined;
  /** The account, by number or name. Only an HTTP key for a single account may leave it out. */
  readonly from?: string | null | undefined;
  /** The client: a number with its country code, or a `from_id`. */
  readonly to: string;
  /** An https link to the file, at most 4,096 characters once it is percent-encoded. */
  readonly fileUrl: string;
  /** What the file is. Needed where the link’s path does not end in a supported extension. */
  readonly mediaType?: 'image' | 'video' | 'audio' | 'document' | null | undefined;
  /** Text under the file, at most 1,024 characters. WhatsApp shows none under audio. */
  readonly caption?: string | null | undefined;
  /** The `unique` of the message to quote, at most 512 characters. */
  readonly replyTo?: string | null | undefined;
  /** The provider downloads the file first: for links that WhatsApp cannot reach. Default: false. */
  readonly localStorage?: boolean | null | undefined;
  /** Keeps the provider’s account of the request with the delivery. Default: false. */
  readonly showRequest?: boolean | null | undefined;
  /** The file’s size in bytes, if you know it: it is checked against the limit of its media type. */
  readonly fileSizeBytes?: number | null | undefined;
  /** The delivery is not sent before this time: ISO 8601 with zone, or epoch milliseconds. Default: now. */
  readonly sendAt?: number | string | Date | null | undefined;
  /** The delivery is not sent after this time: ISO 8601 with zone, or epoch milliseconds. Default: 24 hours after `sendAt`. */
  readonly expiresAt?: number | string | Date | null | undefined;
  /** Which conversations go first. Inside one, deliveries keep their order. Default: `normal`. */
  readonly priority?: 'high' | 'normal' | 'low' | null | undefined;
  /** Later deliveries of the conversation wait while this one is scheduled or held. Default: false. */
  readonly strictOrder?: boolean | null | undefined;
  /** What to do outside the customer window. Default: as the account says. */
  readonly onClosedWindow?: 'hold' | 'fail' | 'template' | null | undefined;
  /** What to do when it is unclear whether the file was sent. Default: as the account says. */
  readonly onUnknown?: 'hold' | 'resend_if_absent' | null | undefined;
  /** For `onClosedWindow: template`. It carries the file in its header, which audio cannot. Default: the account’s. */
  readonly template?: RequestTemplate | null | undefined;
  /** Strings of yours that come back with the status and in events: at most 16 of 256 characters, with names of 64. */
  readonly metadata?: Readonly<Record<string, string | null | undefined>> | null | undefined;
};

/** The `template` of a request. */
export type RequestTemplate = {
  /** The template’s name at the provider. */
  readonly name: string;
  /** The provider’s number of the language. */
  readonly language?: number | null | undefined;
  /** The body variables in order, at most 10. `{caption}` and `{metadata.<name>}` are filled in from the request. */
  readonly variables?: readonly string[] | null | undefined;
};

/** What may be changed of a delivery that has not been sent: one field or more. */
export type Changes = {
  /** Another https link to the file. */
  readonly fileUrl?: string | null | undefined;
  /** Another caption; null takes it away. */
  readonly caption?: string | null | undefined;
  /** Another time to send it: ISO 8601 with zone, or epoch milliseconds. A time that has passed means now. */
  readonly sendAt?: number | string | Date | null | undefined;
  /** Another time to give up at: ISO 8601 with zone, or epoch milliseconds. */
  readonly expiresAt?: number | string | Date | null | undefined;
};
