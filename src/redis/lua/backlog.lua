-- Measures an account: what may go now, what is held, what is unknown, how the gate stands.
-- KEYS: recordPrefix holds unknowns gate orphans bullWait bullPrioritized bullJobPrefix
-- Returns {due, oldestDueAt or '', unknown, oldestUnknownAt or '', heldByWindow, orphans, gate, gateUntil, gateReason, now, trips}
-- include: clock oldest-due
local now = clock()
local dueAt = oldestDue(now)
local oldest = redis.call('ZRANGE', unknowns, 0, 0, 'WITHSCORES')
local g = redis.call('HMGET', gate, 'state', 'until', 'reason', 'trips')
return {
  redis.call('LLEN', bullWait) + redis.call('ZCARD', bullPrioritized), dueAt and string.format('%.0f', dueAt) or '',
  redis.call('ZCARD', unknowns), oldest[2] or '',
  redis.call('HGET', holds, 'window') or 0, redis.call('ZCARD', orphans),
  g[1] or 'open', g[2] or '', g[3] or '', now, g[4] or 0,
}
