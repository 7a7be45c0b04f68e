-- Applies a receipt: facts only grow, the status follows from them. One whose message no delivery owns yet is
-- kept, within bounds, for the settle that is still to come.
-- KEYS: unique orphan orphans recordPrefix events doubts others othersTo bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix statusPrefix
-- ARGV: uniqueId receipt code precedence orphanMs orphansKept to othersMs othersKept
-- Returns {duplicate} | {early} | {applied, id, statusBefore, statusAfter, acceptedAt, now}
-- include: clock tell record receipts front hint progress others
local now = clock()
local id = redis.call('GET', unique)
if not id then
  if code ~= '' then
    redis.call('HSETNX', orphan, 'code', code)
  end
  if redis.call('HSETNX', orphan, receipt, now) == 0 then
    return { 'duplicate' }
  end
  redis.call('PEXPIRE', orphan, orphanMs)
  redis.call('ZADD', orphans, now, uniqueId)
  redis.call('ZREMRANGEBYSCORE', orphans, '-inf', now - orphanMs)
  local excess = redis.call('ZCARD', orphans) - orphansKept
  if excess > 0 then
    local oldest = redis.call('ZPOPMIN', orphans, excess)
    local prefix = string.sub(orphan, 1, #orphan - #uniqueId)
    for i = 1, #oldest, 2 do
      redis.call('DEL', prefix .. oldest[i])
    end
  end
  hint()
  if receipt == 'sent' and to ~= '' then
    noteOther(now)
  end
  return { 'early' }
end

local key = recordPrefix .. id
local r = redis.call('HMGET', key, 'status', 'job', 'acceptedAt')
if not r[1] then
  return { 'duplicate' }
end
local new, status = addReceipts(key, id, { receipt, now }, now)
if code ~= '' then
  redis.call('HSETNX', key, 'failureCode', code)
end
if new == 0 then
  return { 'duplicate' }
end
if status ~= r[1] then
  showProgress(r[2] or ('d-' .. id), status)
end
return { 'applied', id, r[1], status, r[3] or '', now }
