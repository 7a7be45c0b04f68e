-- How many are put in front at once, and how far from the end, where BullMQ's timer puts them, each is looked for.
local AT_ONCE, FAR = 20, 10000

-- A job of high priority that BullMQ's own timer brings comes behind the backlog: noted, so that it need not stay there.
local function awaitHigh(job, at)
  if wanted(redis.call('HGET', bullJobPrefix .. job, 'data')) == 'high' then
    redis.call('ZADD', dueHighs, at, job)
  end
end

-- Puts those in front whose time has come.
local function advanceHighs(now)
  for _, job in ipairs(redis.call('ZRANGE', dueHighs, '-inf', now, 'BYSCORE', 'LIMIT', 0, AT_ONCE)) do
    redis.call('ZREM', dueHighs, job)
    if not front(job) and redis.call('LPOS', bullWait, job, 'MAXLEN', FAR) then
      redis.call('LREM', bullWait, 1, job)
      serveNext(job, true)
    end
  end
end
