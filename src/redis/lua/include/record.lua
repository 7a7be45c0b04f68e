-- A record's timeline is a field for each line, `t1` and so on, and `lines`, how many there are: so short, that Redis
-- keeps the whole record in its compact form. A very long one keeps its beginning.
local LINES_KEPT = 150

-- Adds a line to the timeline of the record at `key`.
local function note(key, line)
  local number = redis.call('HINCRBY', key, 'lines', 1)
  if number <= LINES_KEPT then
    redis.call('HSET', key, 't' .. number, line)
  end
end

-- Adds what somebody did by hand, and who; an empty one is nobody's.
local function noteOperation(key, now, operation)
  if operation ~= '' then
    note(key, 'operation\t' .. now .. '\t' .. operation)
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

-- Adds a line to facts that are to be written, behind so many lines. Returns how many there are then.
local function addLine(facts, lines, line)
  if not line or lines >= LINES_KEPT then
    return lines
  end
  facts[#facts + 1] = 't' .. lines + 1
  facts[#facts + 1] = line
  return lines + 1
end

-- Moves a delivery from the status that it had `before` (nil: a new one) to another, with its line in the timeline and
-- its event in the stream. `with`: facts to write at once, a line that stands before its own, and the timeline's
-- length and the attempts where the caller has read them.
local function move(key, delivery, status, reason, now, before, with)
  with = with or {}
  local lines, attempts = with.lines, with.attempts
  if before and not attempts then
    lines, attempts = unpack(redis.call('HMGET', key, 'lines', 'attempts'))
  end
  local facts = with.facts or {}
  lines = addLine(facts, tonumber(lines or 0), with.line)
  lines = addLine(facts, lines, 'status\t' .. now .. '\t' .. status .. '\t' .. reason)
  redis.call('HSET', key, 'status', status, 'reason', reason, 'statusAt', now, 'lines', lines, unpack(facts))
  index(key, delivery, status, before)
  tell('delivery', delivery, 'status', status, 'reason', reason, 'attempt', attempts or '0')
end
