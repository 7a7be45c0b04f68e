-- As the queue adds them; BullMQ scores its prioritised set by priority, then by a counter, which 0 stands before.
local LOW, PRIORITY = 10, 0x100000000
-- How near to the serving end the last one of high priority is looked for, and from how many on it may stand farther.
local NEAR, MANY = 500, 100
local HIGHS_MS = 24 * 3600 * 1000

-- What a job's request asks for: 'high', 'low', or something else.
local function wanted(data)
  if not data or not (string.find(data, '"high"', 1, true) or string.find(data, '"low"', 1, true)) then
    return nil
  end
  local read, request = pcall(cjson.decode, data)
  return read and type(request) == 'table' and request.priority
end

-- Puts a job behind the last one of high priority; false where that has been taken, and with it all before it.
local function behind(last, count, job)
  local at = redis.call('LPOS', bullWait, last, 'RANK', -1, 'MAXLEN', NEAR)
  if at then
    local before = redis.call('LRANGE', bullWait, at, -1)
    redis.call('LTRIM', bullWait, 0, -#before - 1)
    redis.call('RPUSH', bullWait, job, unpack(before))
    return true
  end
  return tonumber(count) > MANY and redis.call('LINSERT', bullWait, 'BEFORE', last, job) > 0
end

-- Puts a job where BullMQ serves from, behind those of high priority that stand there.
local function serveNext(job, isHigh)
  local last = redis.call('HMGET', highs, 'job', 'count')
  if not last[1] then
    redis.call('RPUSH', bullWait, job)
  elseif not behind(last[1], last[2], job) then
    redis.call('DEL', highs)
    redis.call('RPUSH', bullWait, job)
  end
  if isHigh then
    redis.call('HSET', highs, 'job', job)
    redis.call('HINCRBY', highs, 'count', 1)
    redis.call('PEXPIRE', highs, HIGHS_MS)
  end
end

-- Moves a delayed job to the front of those of its priority, where BullMQ's own promote moves it to the back.
-- False when the job is not delayed.
local function front(job)
  if redis.call('ZREM', bullDelayed, job) == 0 then
    return false
  end
  local key = bullJobPrefix .. job
  redis.call('HSET', key, 'delay', 0)
  local j = redis.call('HMGET', key, 'priority', 'data')
  local priority, asked = tonumber(j[1] or 0), wanted(j[2])
  if priority == 0 and asked == 'low' then
    -- Another client's, that BullMQ knows nothing of: from now on it does.
    redis.call('HSET', key, 'priority', LOW)
    redis.call('ZADD', bullPrioritized, LOW * PRIORITY + redis.call('INCR', bullPriorities) % PRIORITY, job)
  elseif priority > 0 then
    redis.call('ZADD', bullPrioritized, priority * PRIORITY, job)
  else
    serveNext(job, asked == 'high')
  end
  local meta = redis.call('HMGET', bullMeta, 'paused', 'concurrency')
  local full = meta[2] and redis.call('LLEN', bullActive) >= tonumber(meta[2])
  if not meta[1] and not full then
    redis.call('ZADD', bullMarker, 0, '0')
  end
  redis.call('XADD', bullEvents, '*', 'event', 'waiting', 'jobId', job, 'prev', 'delayed')
  return true
end
