-- Measures what a worker might do now: whether jobs are due, whether any is in hand, and what keeps it from fetching.
-- KEYS: gate bullWait bullPrioritized bullDelayed bullActive bullMeta bullLimiter
-- Returns {due, inHand, kept}
-- include: clock
local now = clock()
local g = redis.call('HMGET', gate, 'state', 'until', 'probeUntil')
local closed = g[1] == 'paused' or now < tonumber(g[2] or 0) or now < tonumber(g[3] or 0)
local paused = redis.call('HEXISTS', bullMeta, 'paused') == 1
local rests = redis.call('PTTL', bullLimiter) > 0
-- BullMQ's delayed jobs are scored by their time, shifted by twelve bits.
local overdue = redis.call('ZCOUNT', bullDelayed, 0, now * 4096)
return {
  redis.call('LLEN', bullWait) + redis.call('ZCARD', bullPrioritized) + overdue, redis.call('LLEN', bullActive),
  (closed or paused or rests) and 1 or 0,
}
