/** Hosts whose share links lead to a page for people, and where the file itself is, if anywhere. */
type SharePage = {
  readonly name: string;
  readonly host: RegExp;
  readonly isPage: (url: URL) => boolean;
  readonly direct: string;
};

const always = () => true;
const NO_DIRECT_FORM = 'there is no direct form, put the file on a host of your own';

const SHARE_PAGES: readonly SharePage[] = [
  {
    name: 'Google Drive',
    host: /^drive\.google\.com$/,
    isPage: ({ pathname }) => /^\/(file\/|open$|drive\/)/.test(pathname),
    direct: 'give https://drive.google.com/uc?export=download&id=<the file’s id>',
  },
  {
    name: 'Google Docs',
    host: /^docs\.google\.com$/,
    isPage: ({ pathname }) => !/\/export(\/|$)/.test(pathname),
    direct: 'put export?format=pdf in the place of what follows the document’s id',
  },
  {
    name: 'Dropbox',
    host: /^(www\.)?dropbox\.com$/,
    isPage: ({ searchParams }) => searchParams.get('dl') !== '1' && searchParams.get('raw') !== '1',
    direct: 'end its query in dl=1 instead of dl=0',
  },
  { name: 'OneDrive', host: /^1drv\.ms$/, isPage: always, direct: NO_DIRECT_FORM },
  {
    name: 'OneDrive',
    host: /^onedrive\.live\.com$/,
    isPage: ({ pathname }) => !/^\/download/.test(pathname),
    direct: 'put download in the place of embed or view behind the host',
  },
  {
    name: 'SharePoint',
    host: /\.sharepoint\.com$/,
    isPage: ({ pathname, searchParams }) =>
      /^\/:\w:\//.test(pathname) && searchParams.get('download') !== '1',
    direct: 'add download=1 to its query',
  },
  {
    name: 'Box',
    host: /(^|\.)box\.com$/,
    isPage: ({ pathname }) => /^\/(s|v|file)\//.test(pathname),
    direct: 'give https://app.box.com/shared/static/<the link’s last part>.<extension>',
  },
  {
    name: 'GitHub',
    host: /^github\.com$/,
    isPage: ({ pathname, searchParams }) => /\/blob\//.test(pathname) && searchParams.get('raw') !== 'true',
    direct: 'put raw in the place of blob',
  },
  {
    name: 'MediaFire',
    host: /^(www\.)?mediafire\.com$/,
    isPage: ({ pathname }) => /^\/(file|view)\//.test(pathname),
    direct: NO_DIRECT_FORM,
  },
  {
    name: 'WeTransfer',
    host: /^(we\.tl|([\w-]+\.)?wetransfer\.com)$/,
    isPage: always,
    direct: NO_DIRECT_FORM,
  },
  { name: 'MEGA', host: /^mega\.(nz|co\.nz)$/, isPage: always, direct: NO_DIRECT_FORM },
  { name: 'iCloud', host: /^(www|share)\.icloud\.com$/, isPage: always, direct: NO_DIRECT_FORM },
  {
    name: 'Google Photos',
    host: /^photos\.(google\.com|app\.goo\.gl)$/,
    isPage: always,
    direct: NO_DIRECT_FORM,
  },
];

/**
 * Says that a link leads to a page that shows a file, and how to name the file itself; null for all others. It repeats
 * nothing of the link, whose query may be a secret.
 */
export function sharePageWords(url: URL): string | null {
  const host = url.hostname.replace(/\.$/, '');
  const page = SHARE_PAGES.find((each) => each.host.test(host) && each.isPage(url));
  return page === undefined ? null : `leads to a page of ${page.name}, not to the file: ${page.direct}`;
}
