-- The next place in the lanes; those of all who may join are taken at once.
local lastPlace
local function nextPlace()
  lastPlace = (lastPlace or redis.call('INCRBY', order, count) - count) + 1
  return lastPlace
end

-- Until when a new delivery waits; 0: it may go at once.
local function waitsUntil(due, now)
  if not due then
    move(record, id, 'waiting', 'schedule', now, 'queued')
    if priority == 'high' then
      redis.call('ZADD', toFront, sendAt, job)
    end
    return sendAt
  end
  if not mayGo(id, now) then
    move(record, id, 'waiting', 'lane', now, 'queued')
    return expiresAt
  end
  return 0
end

-- Adds the job of a new delivery where there is none. Another's stays where it is, be it another client's or in the hands
-- of the worker that asks: the sweeper looks whether that is right. One that a failover has taken out of its worker's
-- hands is made anew then, of the request.
local function carry(untilAt, now, isFresh)
  local delay = math.max(0, untilAt - jobAt)
  if inHand == '' and addJob(job, data, { at = jobAt, delay = delay, priority = priority, isFresh = isFresh }) then
    return
  end
  if redis.call('EXISTS', bullJobPrefix .. job) == 0 then
    redis.call('HSET', record, 'request', data)
  end
  redis.call('ZADD', wake, now + 5000, id)
end

-- Makes the record of a new delivery, and its job; a due one joins its lane.
local function takeIn(now, at, isFresh)
  local due = tonumber(sendAt) <= now
  local facts = { 'fingerprint', fingerprint, 'to', to, 'createdAt', at, 'jobAt', jobAt, 'sendAt', sendAt,
    'expiresAt', expiresAt, 'attempts', '0' }
  local function add(name, value)
    facts[#facts + 1] = name
    facts[#facts + 1] = value
  end
  if metadata ~= '' then
    add('metadata', metadata)
  end
  if named(to, recipient) ~= to then
    add('conversation', recipient)
  end
  if strict == '1' then
    add('strict', 1)
  end
  local joins = due or strict == '1'
  if joins then
    add('dueAt', at)
  end
  move(record, id, 'queued', '', at, nil, { facts = facts })
  redis.call('ZADD', deliveries, at, id .. ' ' .. named(to, recipient))
  redis.call('ZADD', recipientDeliveries, at, id)
  if joins then
    redis.call('ZADD', lane, nextPlace(), id)
  end
  local untilAt = waitsUntil(due, now)
  carry(untilAt, now, isFresh)
  return { 'new', untilAt == 0 and 'queued' or 'waiting' }
end
