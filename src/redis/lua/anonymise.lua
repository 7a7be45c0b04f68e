-- Takes the recipient's name out of a session's row; the session goes on to be counted, by the delivery that opened it.
-- KEYS: ledger ledgerRows
-- ARGV: row openedAt
-- Returns {anonymised} | {gone}
local messages = redis.call('HGET', ledgerRows, row)
if not messages then
  return { 'gone' }
end
local nameless = 'erased-' .. string.match(messages, '^%d+ (.*)$') .. '@' .. openedAt
redis.call('HSET', ledgerRows, nameless, messages)
redis.call('ZADD', ledger, openedAt, nameless)
redis.call('HDEL', ledgerRows, row)
redis.call('ZREM', ledger, row)
return { 'anonymised' }
