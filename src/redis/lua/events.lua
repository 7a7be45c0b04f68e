-- Reads on in an account's stream of events. Whoever comes back for events that are no longer kept is told so: the one
-- after which they want to read has gone, and what is kept begins later. From 0-0 on means all that is kept.
-- KEYS: events
-- ARGV: after most
-- Returns {missed, firstKept or '', id, {field, value, …}, id, {…}, …}
local function number(position)
  local ms, count = string.match(position, '^(%d+)%-(%d+)$')
  return tonumber(ms), tonumber(count)
end
local function isLater(one, other)
  local ms, count = number(one)
  local otherMs, otherCount = number(other)
  return ms > otherMs or (ms == otherMs and count > otherCount)
end
-- Whether anything was ever dropped, and the newest id that was ever given.
local function history()
  local info = redis.call('XINFO', 'STREAM', events)
  local known = {}
  for i = 1, #info, 2 do
    known[info[i]] = info[i + 1]
  end
  -- Before Redis 7 nobody counts what was added: then something may always have been dropped.
  return (known['entries-added'] or known.length + 1) > known.length, known['last-generated-id']
end

local reply = { 0, '' }
if redis.call('EXISTS', events) == 0 then
  return reply
end
local first = redis.call('XRANGE', events, '-', '+', 'COUNT', 1)[1]
if after ~= '0-0' and #redis.call('XRANGE', events, after, after) == 0 then
  local dropped, newest = history()
  local missed = dropped and isLater(first and first[1] or newest, after)
  reply = { missed and 1 or 0, first and first[1] or newest }
end
for _, entry in ipairs(redis.call('XRANGE', events, '(' .. after, '+', 'COUNT', most)) do
  reply[#reply + 1] = entry[1]
  reply[#reply + 1] = entry[2]
end
return reply
