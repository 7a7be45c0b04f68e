import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';

export type NameServer = Awaited<ReturnType<typeof startNameServer>>;

/** A name server on a real port: each question gets the answers of its turn, which nobody may keep. */
export async function startNameServer(answers: (turn: number) => readonly string[] | 'silence') {
  const questions: { readonly name: string; readonly type: number }[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const { name, type, end } = readQuestion(message);
    questions.push({ name, type });
    const turn = questions.filter((asked) => asked.type === type).length;
    const found = answers(turn);
    if (found !== 'silence')
      socket.send(reply(message.subarray(0, end), type, found), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    at: `127.0.0.1:${socket.address().port}`,
    questions,
    async close(): Promise<void> {
      socket.close();
      await once(socket, 'close');
    },
  };
}

const HEADER_BYTES = 12;
const A = 1;

function readQuestion(message: Buffer) {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function reply(question: Buffer, type: number, addresses: readonly string[]): Buffer {
  const fitting = addresses.filter((address) => isIPv4(address) === (type === A));
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(fitting.length, 6);
  // No additional records, whatever the question had.
  head.writeUInt16BE(0, 10);
  return Buffer.concat([head, ...fitting.map((address) => record(type, bytesOf(address)))]);
}

/** Of the question's name, by reference; to be kept for no second. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** IPv6 in full, as eight groups. */
function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  return Buffer.from(
    address
      .split(':')
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  );
}
