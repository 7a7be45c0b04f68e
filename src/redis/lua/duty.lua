-- Tells people on duty how an account stands, at one moment and at a cost that does not grow with its deliveries.
-- Writes nothing.
-- KEYS: recordPrefix statusPrefix holds unknowns gate workers budgetPrefix budgetHeld bullWait bullPrioritized bullActive bullMeta bullLimiter bullJobPrefix
-- ARGV: dayName monthName
-- Returns {now, {gate state, until, reason, since, by, trips, who, source}, workers, {paused, restsMs}, due, dueAt or '', active,
-- {waiting, held, unknown, failed}, oldestUnknownAt or '', {heldByWindow, heldByBudget}, {usedDay, usedMonth}}
-- include: clock oldest-due
local now = clock()
local dueAt = oldestDue(now)
local oldest = redis.call('ZRANGE', unknowns, 0, 0, 'WITHSCORES')
local g = redis.call('HMGET', gate, 'state', 'until', 'reason', 'since', 'by', 'trips', 'who', 'source')
for field = 1, 8 do
  g[field] = g[field] or ''
end
-- BullMQ counts what it fetches here; only a rest makes it a number that is never reached by counting.
local rests = tonumber(redis.call('GET', bullLimiter) or 0) >= 1e9
return {
  now, g, redis.call('ZCOUNT', workers, '(' .. now, '+inf'),
  { redis.call('HEXISTS', bullMeta, 'paused'), rests and redis.call('PTTL', bullLimiter) or 0 },
  redis.call('LLEN', bullWait) + redis.call('ZCARD', bullPrioritized), dueAt and string.format('%.0f', dueAt) or '', redis.call('LLEN', bullActive),
  { redis.call('ZCARD', statusPrefix .. 'waiting'), redis.call('ZCARD', statusPrefix .. 'held'),
    redis.call('ZCARD', unknowns), redis.call('ZCARD', statusPrefix .. 'failed') },
  oldest[2] or '',
  { redis.call('HGET', holds, 'window') or 0, redis.call('ZCARD', budgetHeld) },
  { redis.call('GET', budgetPrefix .. dayName) or 0, redis.call('GET', budgetPrefix .. monthName) or 0 },
}
