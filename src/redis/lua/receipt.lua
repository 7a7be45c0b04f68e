-- Applies receipts: facts only grow, the status follows from them. One whose message no delivery owns yet is
-- kept, within bounds, for the settle that is still to come.
-- KEYS: orphans recordPrefix events others othersTo bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix statusPrefix
-- each KEYS: unique orphan doubts
-- ARGV: precedence orphanMs orphansKept othersMs othersKept
-- each ARGV: uniqueId receipt code to
-- replicated: where that is wished for, before the answer
-- Returns for each {duplicate} | {early} | {applied, id, statusBefore, statusAfter, acceptedAt, now}
-- include: clock tell record receipts front hint progress others early each
local now = clock()
return each(function()
  local id = redis.call('GET', unique)
  if not id then
    return keepEarly(now)
  end
  local key = recordPrefix .. id
  local r = redis.call('HMGET', key, 'status', 'job', 'acceptedAt')
  if not r[1] then
    return { 'duplicate' }
  end
  local told = code == '' and { receipt, now } or { receipt, now, 'code', code }
  local new, status = addReceipts(key, id, told, now)
  if new == 0 then
    return { 'duplicate' }
  end
  if status ~= r[1] then
    showProgress(r[2] or ('d-' .. id), status)
  end
  return { 'applied', id, r[1], status, r[3] or '', now }
end)
