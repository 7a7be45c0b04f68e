import fc from 'fast-check';
import {
  adviceForExtension,
  checkFileSize,
  extensionOfPath,
  FILE_RULES,
  MEDIA_TYPES,
  type MediaType,
  mediaTypeOfPath,
  type SizeCheck,
} from '../../src/domain/media.js';

describe('the table of files', () => {
  it.each<[MediaType, number, string]>([
    ['image', 5, 'png jpg gif jpeg'],
    ['video', 16, 'mp4 avi 3gpp'],
    ['audio', 16, 'mp3 ogg amr aac'],
    ['document', 100, 'pdf doc docx xls xlsx ppt ppts pptx zip txt rar'],
  ])('%s: up to %d MB of %s', (media, maxMegabytes, extensions) => {
    expect(FILE_RULES[media]).toEqual({ maxMegabytes, extensions: extensions.split(' ') });
  });

  it('has each extension once', () => {
    const all = MEDIA_TYPES.flatMap((media) => FILE_RULES[media].extensions);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('mediaTypeOfPath', () => {
  it.each<[string, MediaType | undefined]>([
    ['/a/photo.jpg', 'image'],
    ['/a/PHOTO.JPEG', 'image'],
    ['/clip.3gpp', 'video'],
    ['/voice.ogg', 'audio'],
    ['/a.b/report.final.pdf', 'document'],
    ['/slides.ppts', 'document'],
    ['/slides.pptx', 'document'],
    ['/.txt', 'document'],
    ['/photo.heic', undefined],
    ['/photo.jpg/', undefined],
    ['/photo.jpg;v=2', undefined],
    ['/v1.2/file', undefined],
    ['/file.', undefined],
    ['/pdf', undefined],
    ['/x.constructor', undefined],
    ['', undefined],
  ])('%s is %s', (path, media) => {
    expect(mediaTypeOfPath(path)).toBe(media);
  });
});

describe('extensionOfPath', () => {
  it.each([
    ['/a.PDF', 'pdf'],
    ['/archive.tar.gz', 'gz'],
    ['/a.b/c', undefined],
    ['/a.קובץ', undefined],
    ['/a%2Epdf', 'pdf'],
    ['/a.pdf%2e', undefined],
  ])('of %s is %s', (path, extension) => {
    expect(extensionOfPath(path)).toBe(extension);
  });
});

describe('adviceForExtension', () => {
  it.each([
    ['heic', 'convert it to jpg or png'],
    ['mov', 'convert it to mp4'],
    ['wav', 'convert it to mp3'],
    ['csv', 'convert it to pdf, or send it inside a zip'],
    ['7z', 'send a zip instead'],
    ['exe', 'send it inside a zip'],
  ])('of %s: %s', (extension, advice) => {
    expect(adviceForExtension(extension)).toBe(advice);
  });

  it.each([
    ...MEDIA_TYPES.flatMap((media) => FILE_RULES[media].extensions),
    'php',
    '2',
    'm4a',
    '3gp',
    undefined,
  ])('has nothing to say about %s', (extension) => {
    expect(adviceForExtension(extension)).toBeUndefined();
  });
});

describe('checkFileSize', () => {
  it.each<[MediaType, number, SizeCheck]>([
    ['image', 1, 'fits'],
    ['image', 5_000_000, 'fits'],
    ['image', 5_000_001, 'close_to_limit'],
    ['image', 5_242_880, 'close_to_limit'],
    ['image', 5_242_881, 'too_large'],
    ['video', 16_000_000, 'fits'],
    ['video', 16_777_216, 'close_to_limit'],
    ['video', 16_777_217, 'too_large'],
    ['audio', 16_777_217, 'too_large'],
    ['document', 100_000_000, 'fits'],
    ['document', 104_857_600, 'close_to_limit'],
    ['document', 104_857_601, 'too_large'],
  ])('%s of %d bytes: %s', (media, bytes, check) => {
    expect(checkFileSize(media, bytes)).toBe(check);
  });

  it('never gets better with more bytes', () => {
    const order: readonly SizeCheck[] = ['fits', 'close_to_limit', 'too_large'];
    const bytes = fc.integer({ min: 1, max: 200_000_000 });
    fc.assert(
      fc.property(fc.constantFrom(...MEDIA_TYPES), bytes, bytes, (media, one, more) => {
        const [less, most] = [Math.min(one, more), Math.max(one, more)];
        expect(order.indexOf(checkFileSize(media, less))).toBeLessThanOrEqual(
          order.indexOf(checkFileSize(media, most)),
        );
      }),
    );
  });
});
