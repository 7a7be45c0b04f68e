import type { Scalar } from '../domain/webhook-needs.js';

/** Shapes on the wire, as the provider documents them. Requests are ours and exact; answers are not trusted. */
export type SendFileBody = {
  readonly apiKey: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly caption?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly showRequest?: 0 | 1 | undefined;
  readonly localStorage?: 0 | 1 | undefined;
};

/** 1 none, 3 image, 4 video, 5 document. */
export type TemplateHeaderType = 1 | 3 | 4 | 5;

export type SendTemplateBody = {
  readonly apiKey: string;
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly headerType: TemplateHeaderType;
  readonly headerLink?: string;
  /** 1 Hebrew, 2 English, 3 Arabic, 4 Russian, 5 Spanish. */
  readonly language?: number;
  readonly [bodyVariable: `bodyVariable${number}`]: string;
};

export type GetHistoryBody = {
  readonly apiKey: string;
  readonly from: string;
  readonly to: string;
  readonly page: number;
};

/** Beside the four settings, whatever else Get Webhook told: what is not sent might be lost. */
export type SetWebhookBody = Readonly<Record<string, Scalar>> & {
  readonly apiKey: string;
  readonly from: string;
  readonly url: string;
  readonly system: 0 | 1;
  readonly readStatus: 0 | 1;
  readonly retry: 0 | 1;
};

export type GetWebhookBody = { readonly apiKey: string; readonly from: string };
