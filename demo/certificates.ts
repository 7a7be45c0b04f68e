import { generate } from 'selfsigned';
import { DAY } from '../src/domain/time.js';

/** A server's certificate for 127.0.0.1 and the authority that signed it, all PEM; good for a day. */
export type Certificates = { readonly ca: string; readonly cert: string; readonly key: string };

/** Makes an authority for this run, and one certificate of it. Nobody else can come to trust either. */
export async function makeCertificates(): Promise<Certificates> {
  const shared = {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + DAY),
  } as const;
  const authority = await generate([{ name: 'commonName', value: 'Waybill demo CA' }], {
    ...shared,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    ...shared,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}
