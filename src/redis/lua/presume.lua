-- Counts a delivery as failed that was reported so without a reason, if nothing else has come in time.
-- KEYS: record wake events bullEvents bullJobPrefix statusPrefix
-- ARGV: id precedence unconfirmedMs
-- Returns {early} | {refuted} | {failed}
-- include: clock tell record receipts progress
local now = clock()
local was = readReceipts(record)
local since = redis.call('HGET', record, 'receipt:unconfirmed')
if was.status ~= 'accepted' or not since then
  redis.call('ZREM', wake, id)
  return { 'refuted' }
end
if now < since + unconfirmedMs then
  redis.call('ZADD', wake, since + unconfirmedMs, id)
  return { 'early' }
end
local _, status = addReceipts(record, id, was, { 'presumed', string.format('%.0f', now) }, now)
redis.call('ZREM', wake, id)
showProgress(was.job or ('d-' .. id), status)
return { 'failed' }
