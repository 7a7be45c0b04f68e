-- Moves a delayed job to the front of its queue, where BullMQ's own promote moves it to the back.
-- False when the job is not delayed.
local function front(job)
  if redis.call('ZREM', bullDelayed, job) == 0 then
    return false
  end
  redis.call('HSET', bullJobPrefix .. job, 'delay', 0)
  redis.call('RPUSH', bullWait, job)
  local meta = redis.call('HMGET', bullMeta, 'paused', 'concurrency')
  local full = meta[2] and redis.call('LLEN', bullActive) >= tonumber(meta[2])
  if not meta[1] and not full then
    redis.call('ZADD', bullMarker, 0, '0')
  end
  redis.call('XADD', bullEvents, '*', 'event', 'waiting', 'jobId', job, 'prev', 'delayed')
  return true
end
