-- Takes requests in: new, the same again, or another payload under a known id. A due one joins its lane. Its job is
-- added with its record, unless it has one; that of the same again too, where somebody has removed it while unsent. Who
-- has the job in hand adds none.
-- KEYS: wake order events statusPrefix deliveries bullDelayed bullWait bullPrioritized bullPriorities highs toFront bullMarker bullMeta bullActive bullEvents bullJobPrefix bullIds
-- each KEYS: record tomb conv lane alias recipientDeliveries
-- ARGV: idRetentionMs
-- each ARGV: id to recipient fingerprint otherFingerprints job jobAt sendAt expiresAt strict priority data inHand metadata refused
-- replicated: where that is wished for, before the answer
-- Returns for each {moved} | {conflict} | {again, status, jobAt?} | {refused} | {new, status}
-- include: clock alias tell record turn known front add-job end-adding again take-in each
local now = clock()
-- To spell a number out takes Redis longer than much of what it does with it: once for all.
local at = string.format('%d', now)
local answers = each(function()
  if moved(to, recipient) then
    return { 'moved' }
  end
  -- Nearly always nothing is there: one question instead of three.
  local isFresh = redis.call('EXISTS', record, tomb, bullJobPrefix .. job) == 0
  local known = not isFresh and knownAs()
  if known then
    return known
  end
  if job ~= 'd-' .. id then
    redis.call('HSET', record, 'job', job)
  end
  if refused == '' then
    return takeIn(now, at, isFresh)
  end
  redis.call('ZADD', deliveries, at, id .. ' ' .. named(to, recipient))
  move(record, id, 'failed', 'invalid', at, nil, { facts = { 'fingerprint', fingerprint, 'to', to, 'createdAt', at,
    'jobAt', jobAt, 'sendAt', sendAt, 'expiresAt', expiresAt, 'attempts', '0', 'errors', refused } })
  redis.call('PEXPIRE', record, idRetentionMs)
  return { 'refused' }
end)
endAdding()
return answers
