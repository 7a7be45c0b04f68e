-- Applies receipts: facts only grow, the status follows from them. One whose message no delivery owns yet is
-- kept, within bounds, for the settle that is still to come.
-- KEYS: orphans wake recordPrefix events others othersTo bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix statusPrefix
-- each KEYS: unique orphan doubts
-- ARGV: precedence unconfirmedMs orphanMs orphansKept othersMs othersKept
-- each ARGV: uniqueId receipt code why to
-- replicated: where that is wished for, before the answer
-- Returns for each {duplicate} | {early} | {applied, id, statusBefore, statusAfter, acceptedAt, now}
-- include: clock tell record receipts front hint progress others early each
local now = clock()
-- As text once: for each field that it is written to, Redis would spell the number anew.
local stamp = string.format('%.0f', now)
return each(function()
  local id = redis.call('GET', unique)
  if not id then
    return keepEarly(now)
  end
  local key = recordPrefix .. id
  local was = readReceipts(key)
  if not was.status then
    return { 'duplicate' }
  end
  local told = { receipt, stamp }
  if code ~= '' then
    told[3], told[4] = 'code', code
  end
  if why ~= '' then
    told[#told + 1], told[#told + 2] = 'why', why
  end
  local new, status = addReceipts(key, id, was, told, stamp)
  if new == 0 then
    return { 'duplicate' }
  end
  if receipt == 'unconfirmed' and status == 'accepted' then
    redis.call('ZADD', wake, now + unconfirmedMs, id)
  end
  if status ~= was.status then
    showProgress(was.job or ('d-' .. id), status)
  end
  return { 'applied', id, was.status, status, was.acceptedAt or '', stamp }
end)
