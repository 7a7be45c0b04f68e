/** The one account of all cases. */
export const FROM = '972771234567';
export const ACCOUNT_NAME = 'shop';
export const API_KEY = 'key-of-shop';

/** As a process of ours is told of it. */
export const ACCOUNTS = JSON.stringify([{ from: FROM, name: ACCOUNT_NAME, apiKey: API_KEY }]);
