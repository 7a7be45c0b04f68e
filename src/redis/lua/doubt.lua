-- Nobody can say what became of an attempt. The delivery leaves its lane as unknown; the conversation waits
-- until the horizon, after which no sender can still send it.
-- KEYS: record conv lane wake events alias unknowns doubts gate statusPrefix
-- ARGV: id to recipient attempt reason detail idRetentionMs health failuresAllowed closures
-- Returns {moved} | {stale, status} | {unknown, startedAt, now, gateMove}
-- include: clock alias tell record attempt gate breaker
if moved(to, recipient) then
  return { 'moved' }
end
local now = clock()
local r = redis.call('HMGET', record, 'status', 'attempt', 'attempts', 'send', 'startedAt', 'horizonAt')
if r[1] == 'unknown' and r[2] == attempt then
  return { 'unknown', r[5], now }
end
if not mine(r[1], r[2]) then
  return { 'stale', r[1] or '' }
end
redis.call('ZREM', lane, id)
redis.call('ZADD', unknowns, r[5], id)
redis.call('SADD', doubts, id)
redis.call('PEXPIRE', doubts, idRetentionMs)
redis.call('HSET', conv, 'flight', id, 'flightUntil', r[6])
redis.call('ZADD', wake, r[6], id)
move(record, id, 'unknown', reason, now, r[1],
  { line = attemptLine(r[3], r[4], now, 'unknown', reason, detail) })
return { 'unknown', r[5], now, weigh(now) }
