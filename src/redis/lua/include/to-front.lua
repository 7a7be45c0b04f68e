-- How many are put in front at once, and how far from the end, where BullMQ's timer puts them, each is looked for.
local AT_ONCE, FAR = 20, 10000

-- A job that BullMQ's own timer brings comes behind the backlog: noted, so that it need not stay there.
local function awaitFront(job, at)
  redis.call('ZADD', toFront, at, job)
end

local function awaitHigh(job, at)
  if wanted(redis.call('HGET', bullJobPrefix .. job, 'data')) == 'high' then
    awaitFront(job, at)
  end
end

-- Takes a job from where BullMQ's timer has put it.
local function takeBack(job)
  if redis.call('LPOS', bullWait, job, 'MAXLEN', FAR) then
    return redis.call('LREM', bullWait, 1, job) == 1
  end
  return redis.call('ZREM', bullPrioritized, job) == 1
end

-- Puts those in front whose time has come.
local function advanceToFront(now)
  for _, job in ipairs(redis.call('ZRANGE', toFront, '-inf', now, 'BYSCORE', 'LIMIT', 0, AT_ONCE)) do
    redis.call('ZREM', toFront, job)
    -- One of low priority would still be behind the others.
    front(job)
    if takeBack(job) then
      serveNext(job, true)
    end
  end
end
