-- As the queues that we open have it, where nobody has opened one yet.
local JOB_EVENTS_KEPT = '1000'
-- What has been added since the script began: how many, whether they may be taken or are delayed, and those whose place
-- is at the end of the list.
local added, addedReady, addedDelayed, lined = 0, false, false, {}
local jobEventsKept

local function tellOfJob(event, job, ...)
  jobEventsKept = jobEventsKept or redis.call('HGET', bullMeta, 'opts.maxLenEvents')
  if not jobEventsKept then
    jobEventsKept = JOB_EVENTS_KEPT
    redis.call('HSET', bullMeta, 'opts.maxLenEvents', jobEventsKept)
  end
  redis.call('XADD', bullEvents, 'MAXLEN', '~', jobEventsKept, '*', 'event', event, 'jobId', job, ...)
end

-- BullMQ's delayed set has the time in the upper bits, and in the lower twelve the order of those of one time.
local function delayJob(job, at)
  local first, most = at * 4096, (at + 1) * 4096 - 1
  local last = redis.call('ZREVRANGEBYSCORE', bullDelayed, most, first, 'WITHSCORES', 'LIMIT', 0, 1)[2]
  redis.call('ZADD', bullDelayed, last and math.min(last + 1, most) or first, job)
  tellOfJob('delayed', job, 'delay', at)
  addedDelayed = true
end

local function lineUp(job, priority)
  if priority == 'low' then
    redis.call('ZADD', bullPrioritized, LOW * PRIORITY + redis.call('INCR', bullPriorities) % PRIORITY, job)
  elseif priority == 'high' then
    serveNext(job, true)
  else
    lined[#lined + 1] = job
  end
  tellOfJob('waiting', job)
  addedReady = true
end

-- Adds a job as BullMQ's own add does; only that high priority stands before the others, behind its like. `at` is its
-- time, `delay` counts from it; `isFresh`: that none is there is known. False: one is there, and stays as it is.
local function addJob(job, data, with)
  local key, at, delay = bullJobPrefix .. job, with.at, with.delay
  if not with.isFresh and redis.call('EXISTS', key) == 1 then
    return false
  end
  local rank = with.priority == 'low' and LOW
  local opts = '{"jobId":' .. cjson.encode(job) .. ',"timestamp":' .. at .. (delay > 0 and ',"delay":' .. delay or '')
    .. (rank and ',"priority":' .. rank or '') .. ',"attempts":0}'
  redis.call('HSET', key, 'name', 'send-file', 'data', data, 'opts', opts, 'timestamp', at, 'delay',
    delay > 0 and delay or '0', 'priority', rank or '0')
  redis.call('XADD', bullEvents, '*', 'event', 'added', 'jobId', job, 'name', 'send-file')
  added = added + 1
  if delay > 0 then
    delayJob(job, at + delay)
  else
    lineUp(job, with.priority)
  end
  return true
end
