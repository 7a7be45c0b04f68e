/** The callbacks that the provider documents, field by field, with made-up numbers and ids. */
export const ACCOUNT = '972501234567';
export const CLIENT = '972507654321';
export const OTHER_ACCOUNT = '972553333333';
export const RECIPIENT = '972552222222';
export const FROM_ID = 'IL.1605856887361213';

export const UNIQUE = '92E0A1B2C3D4E5F60718293A4B5C6D7E';
export const WAMID = 'HBgMOTcyNTUyMjIyMjIyFQIAERgSMEE2NTQ5QjE4RDU2QTU5QTkwAA==';

/** When the callbacks below were written; the provider's pages have moments of years ago. */
export const WRITTEN_AT = Math.floor(Date.now() / 1000) * 1000;

export const INBOUND = {
  status: 'OK',
  hook: 'new',
  unique: UNIQUE,
  from: CLIENT,
  from_id: FROM_ID,
  username: null,
  country: 'IL',
  phone: CLIENT,
  to: ACCOUNT,
  senderName: 'A client',
  type: 'text',
  body: 'hello',
  caption: 'a caption',
  isForwarded: false,
  timestamp: String(WRITTEN_AT / 1000),
  media: false,
  quote: false,
  quoteUnique: false,
  profilePic: 'https://files.example.com/p.jpg',
  conversationTimeLeft: '600',
};

export const UPDATE = {
  status: 'OK',
  hook: 'update',
  unique: UNIQUE,
  from: RECIPIENT,
  to: OTHER_ACCOUNT,
  ack: 1,
};

export const FAILED_MESSAGE = {
  status: 'OK',
  hook: 'system',
  type: 'messages',
  to: OTHER_ACCOUNT,
  timestamp: WRITTEN_AT / 1000,
  unique: WAMID,
  messageUpdate: 7,
  messageTo: RECIPIENT,
};

export const SYSTEM = {
  status: 'OK',
  hook: 'system',
  type: 'issues',
  to: OTHER_ACCOUNT,
  timestamp: WRITTEN_AT / 1000,
};
