-- Looks once more at a delivery: after its job was delayed, and when its wake entry is due. If it may go by now, or has
-- ended, its job is moved to the front; what else stands still is told to the caller.
-- KEYS: record recordPrefix conv lane held wake alias bullDelayed bullWait bullPrioritized bullPriorities highs toFront bullMarker bullMeta bullActive bullEvents bullJobPrefix bullIds holds budgetHeld
-- ARGV: id to recipient
-- Returns {moved} | {done} | {front} | {stale, attempt} | {added} | {lost} | {unresolved} | {unconfirmed}
-- include: clock alias turn front to-front add-job end-adding revive next lane
if moved(to, recipient) then
  return { 'moved' }
end
-- A minute after its job should have ended it: the job may have been removed.
local UNKNOWN_ENDS_MS = 24 * 3600 * 1000 + 60 * 1000
local now = clock()
local r = redis.call('HMGET', record, 'status', 'attempt', 'horizonAt', 'job', 'request', 'sendAt', 'notBefore',
  'pairAt', 'reason', 'jobAt', 'hinted', 'startedAt')
local status = r[1]
local function done(answer)
  redis.call('ZREM', wake, id)
  return { answer }
end
local function later(at)
  redis.call('ZADD', wake, at, id)
  return { 'done' }
end
if status == 'sending' then
  return now >= tonumber(r[3]) and { 'stale', r[2] } or later(r[3])
end
local job = r[4] or ('d-' .. id)
if status == 'unknown' then
  revive(job, r[10])
  if r[11] then
    front(job)
  end
  -- The history is asked in time, however much there is to send; also where the job has come already, and its worker
  -- died before it could look.
  local comesAt = redis.call('ZSCORE', bullDelayed, job)
  awaitFront(job, comesAt and math.floor(comesAt / 4096) or now)
  if now < tonumber(r[3]) then
    return later(r[3])
  end
  leaveLane(id, now)
  local endsAt = r[12] + UNKNOWN_ENDS_MS
  return now < endsAt and later(endsAt + LOOK_AGAIN_MS) or { 'unresolved' }
end
if status == 'accepted' and redis.call('HEXISTS', record, 'receipt:unconfirmed') == 1 then
  front(job)
  return { 'unconfirmed' }
end
if status ~= 'queued' and status ~= 'waiting' and status ~= 'held' then
  -- It may have ended while its job was on its way to the delayed ones: a worker must finish that.
  return done(front(job) and 'front' or 'done')
end
-- Kept where a failover took the job out of a worker's hands, and by earlier versions until they had added it.
if r[5] then
  redis.call('HDEL', record, 'request')
  if addJob(job, r[5], { at = r[10], delay = 0, priority = wanted(r[5]) }) then
    endAdding()
    later(now + LOOK_AGAIN_MS)
    return { 'added' }
  end
elseif revive(job, r[10]) then
  later(now + LOOK_AGAIN_MS)
  return { 'added' }
elseif redis.call('EXISTS', bullJobPrefix .. job) == 0 then
  return { 'lost' }
end
local closed = now >= tonumber(redis.call('HGET', conv, 'closesAt') or now + 1)
local heldByWindow = status == 'held' and r[9] == 'window' and closed
local heldByBudget = status == 'held' and r[9] == 'budget' and redis.call('ZSCORE', budgetHeld, id)
local backoffEndsAt = tonumber(r[7] or 0)
local comesAt = math.max(tonumber(r[6]), tonumber(r[8] or 0), backoffEndsAt)
if now < comesAt then
  awaitHigh(job, comesAt)
end
if now < backoffEndsAt then
  -- Its job comes by itself then, except where a late answer of an unknown attempt set the time.
  return later(backoffEndsAt + LOOK_AGAIN_MS)
end
if heldByWindow or heldByBudget or now < comesAt or not mayGo(id, now) then
  return done('done')
end
-- Where it is not delayed it waits in the queue already, or is in a worker's hands.
return front(job) and done('front') or later(now + LOOK_AGAIN_MS)
