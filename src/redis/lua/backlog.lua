-- Measures an account: what may go now, what is held, what is unknown, how the gate stands.
-- KEYS: recordPrefix holds unknowns gate orphans bullWait bullPrioritized bullJobPrefix
-- Returns {due, oldestDueAt or '', unknown, oldestUnknownAt or '', heldByWindow, orphans, gate, gateUntil, gateReason, now, trips}
-- include: clock
local now = clock()
-- The list is served from its tail: those there have been due the longest, but for what was moved to the front. What
-- was just let go has no time of its own until it is claimed; a job that no record knows is due since it was added.
local LOOKED_AT = 20
local dueAt
local function lookAt(jobs)
  for _, job in ipairs(jobs) do
    local record = recordPrefix .. string.gsub(job, '^d%-', '')
    local at = redis.call('HGET', record, 'dueAt')
    if not at and redis.call('EXISTS', record) == 0 then
      at = redis.call('HGET', bullJobPrefix .. job, 'timestamp')
    end
    dueAt = math.min(tonumber(at) or now, dueAt or now)
  end
end
lookAt(redis.call('LRANGE', bullWait, -LOOKED_AT, -1))
lookAt(redis.call('ZRANGE', bullPrioritized, 0, LOOKED_AT - 1))
local oldest = redis.call('ZRANGE', unknowns, 0, 0, 'WITHSCORES')
local g = redis.call('HMGET', gate, 'state', 'until', 'reason', 'trips')
return {
  redis.call('LLEN', bullWait) + redis.call('ZCARD', bullPrioritized), dueAt and string.format('%.0f', dueAt) or '',
  redis.call('ZCARD', unknowns), oldest[2] or '',
  redis.call('HGET', holds, 'window') or 0, redis.call('ZCARD', orphans),
  g[1] or 'open', g[2] or '', g[3] or '', now, g[4] or 0,
}
