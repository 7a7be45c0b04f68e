-- A step through an index of deliveries, newest first, and what their records tell. An entry whose record has gone is
-- dropped: the next reading of the same step finds what follows it.
-- KEYS: index recordPrefix
-- ARGV: atMost atLeast most
-- Returns {seen, {id, to, status, reason, createdAt, sendAt, expiresAt, unique, horizonAt, failureCode, failureReason}, …};
-- '' for what is not there
local members = redis.call('ZRANGE', index, atMost, atLeast, 'BYSCORE', 'REV', 'LIMIT', 0, most)
local page = { #members }
for _, member in ipairs(members) do
  local id = string.match(member, '^%S+')
  local r = redis.call('HMGET', recordPrefix .. id, 'to', 'status', 'reason', 'createdAt', 'sendAt', 'expiresAt',
    'unique', 'horizonAt', 'failureCode', 'failureReason')
  if r[2] then
    local row = { id }
    for field = 1, 10 do
      row[field + 1] = r[field] or ''
    end
    page[#page + 1] = row
  else
    redis.call('ZREM', index, member)
  end
end
return page
