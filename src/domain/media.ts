/** What WhatsApp calls the kinds of file. Limits and extensions: the provider's Send File document. */
export const MEDIA_TYPES = ['image', 'video', 'audio', 'document'] as const;
/**
 * What a file is to WhatsApp.
 * @useDeclaredType
 */
export type MediaType = (typeof MEDIA_TYPES)[number];

type FileRule = { readonly extensions: readonly string[]; readonly maxMegabytes: number };

export const FILE_RULES: Readonly<Record<MediaType, FileRule>> = {
  image: { extensions: ['png', 'jpg', 'gif', 'jpeg'], maxMegabytes: 5 },
  video: { extensions: ['mp4', 'avi', '3gpp'], maxMegabytes: 16 },
  audio: { extensions: ['mp3', 'ogg', 'amr', 'aac'], maxMegabytes: 16 },
  document: {
    // "ppts" stands in the provider's document as written; "pptx" is what people have.
    extensions: ['pdf', 'doc', 'docx', 'xls', 'xlsx', 'ppt', 'ppts', 'pptx', 'zip', 'txt', 'rar'],
    maxMegabytes: 100,
  },
};

const MEDIA_BY_EXTENSION = new Map(
  MEDIA_TYPES.flatMap((media) =>
    FILE_RULES[media].extensions.map((extension) => [extension, media] as const),
  ),
);

/** The media type that a URL path's extension names; undefined when it names none that can be sent. */
export function mediaTypeOfPath(path: string): MediaType | undefined {
  const extension = extensionOfPath(path);
  return extension === undefined ? undefined : MEDIA_BY_EXTENSION.get(extension);
}

/** The last path segment's extension in lower case, without the dot. */
export function extensionOfPath(path: string): string | undefined {
  return /(?:\.|%2e)([A-Za-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase();
}

/**
 * Extensions that say what a file is, and that neither the provider nor WhatsApp lists, by what to send instead. What is
 * in neither table (`.php`, `.2`) says nothing about the file.
 */
const OTHER_FORMATS: readonly (readonly [advice: string, extensions: string])[] = [
  ['convert it to jpg or png', 'heic heif webp svg bmp tif tiff avif ico psd jxl'],
  ['convert it to mp4', 'mov mkv webm wmv flv mpg mpeg'],
  ['convert it to mp3', 'wav flac wma aif aiff mid midi'],
  [
    'convert it to pdf, or send it inside a zip',
    'csv tsv rtf odt ods odp pages numbers key htm html xml json md epub mobi eml msg vcf ics dwg',
  ],
  ['send a zip instead', '7z tar gz tgz bz2 xz iso dmg'],
  ['send it inside a zip', 'exe msi dll bat cmd scr ps1 vbs sh apk ipa jar js css deb rpm'],
];

const ADVICE_BY_EXTENSION = new Map(
  OTHER_FORMATS.flatMap(([advice, extensions]) =>
    extensions.split(' ').map((extension) => [extension, advice] as const),
  ),
);

/** What to do about a file that its extension shows to be none that can be sent; undefined for all others. */
export function adviceForExtension(extension: string | undefined): string | undefined {
  return extension === undefined ? undefined : ADVICE_BY_EXTENSION.get(extension);
}

export type SizeCheck = 'fits' | 'close_to_limit' | 'too_large';

/**
 * Whether the document's "MB" is 10^6 or 2^20 bytes is not known: what is above both is refused,
 * what lies between them is only worth a warning.
 */
export function checkFileSize(media: MediaType, bytes: number): SizeCheck {
  const { maxMegabytes } = FILE_RULES[media];
  if (bytes > maxMegabytes * 2 ** 20) return 'too_large';
  return bytes > maxMegabytes * 1e6 ? 'close_to_limit' : 'fits';
}
