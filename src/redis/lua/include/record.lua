local TIMELINE_BYTES = 8000

-- Adds a line to the timeline of the record at `key`. A very long one keeps its beginning.
local function note(key, line)
  local timeline = redis.call('HGET', key, 'timeline') or ''
  if #timeline < TIMELINE_BYTES then
    redis.call('HSET', key, 'timeline', timeline .. line .. '\n')
  end
end

-- Statuses that people look for have an index each, by the deliveries' creation; the happy path touches none.
local INDEXED = { waiting = true, held = true, unknown = true, failed = true, expired = true, cancelled = true }

local function index(key, delivery, status, before)
  if INDEXED[before] and before ~= status then
    redis.call('ZREM', statusPrefix .. before, delivery)
  end
  if INDEXED[status] and before ~= status then
    redis.call('ZADD', statusPrefix .. status, redis.call('HGET', key, 'createdAt'), delivery)
  end
end

-- Moves a delivery from the status that it had `before` (nil: a new one) to another, with its line in the timeline and
-- its event in the stream. `with`: facts to write at once, lines that stand before its own, and the timeline and the
-- attempts where the caller has read them.
local function move(key, delivery, status, reason, now, before, with)
  with = with or {}
  local timeline, attempts = with.timeline, with.attempts
  if before and not attempts then
    timeline, attempts = unpack(redis.call('HMGET', key, 'timeline', 'attempts'))
  end
  timeline = timeline or ''
  if #timeline < TIMELINE_BYTES then
    timeline = timeline .. (with.lines or '') .. 'status\t' .. now .. '\t' .. status .. '\t' .. reason .. '\n'
  end
  redis.call('HSET', key, 'status', status, 'reason', reason, 'statusAt', now, 'timeline', timeline,
    unpack(with.facts or {}))
  index(key, delivery, status, before)
  tell('delivery', delivery, 'status', status, 'reason', reason, 'attempt', attempts or 0)
end
