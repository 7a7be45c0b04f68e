local EVENTS_KEPT = 10000
local TIMELINE_BYTES = 8000

-- Adds a line to the timeline of the record at `key`. A very long one keeps its beginning.
local function note(key, line)
  local timeline = redis.call('HGET', key, 'timeline') or ''
  if #timeline < TIMELINE_BYTES then
    redis.call('HSET', key, 'timeline', timeline .. line .. '\n')
  end
end

-- Moves a delivery to a status, with its line in the timeline and its event in the stream.
local function move(key, delivery, status, reason, now)
  redis.call('HSET', key, 'status', status, 'reason', reason, 'statusAt', now)
  note(key, 'status\t' .. now .. '\t' .. status .. '\t' .. reason)
  redis.call('XADD', events, 'MAXLEN', '~', EVENTS_KEPT, '*',
    'delivery', delivery, 'status', status, 'reason', reason, 'at', now)
end
