-- Takes requests in: new, the same again, or another payload under a known id. A due one joins its lane.
-- The request itself stays in the record only until its job has been seen in the queue.
-- KEYS: wake order events statusPrefix deliveries
-- each KEYS: record tomb conv lane alias recipientDeliveries
-- ARGV: idRetentionMs
-- each ARGV: id to recipient fingerprint otherFingerprints job jobAt sendAt expiresAt strict request metadata refused
-- replicated: where that is wished for, before the answer
-- Returns for each {moved} | {conflict} | {again, status, jobAt while the job was not seen} | {refused} | {new, delayMs, status}
-- include: clock alias tell record turn known accept each
local now = clock()
return each(function()
  if moved(to, recipient) then
    return { 'moved' }
  end
  local known = knownAs()
  if known then
    return known
  end
  if job ~= 'd-' .. id then
    redis.call('HSET', record, 'job', job)
  end
  if refused == '' then
    return takeIn(now)
  end
  redis.call('ZADD', deliveries, now, id .. ' ' .. to)
  move(record, id, 'failed', 'invalid', now, nil, { facts = { 'fingerprint', fingerprint, 'to', to, 'createdAt', now,
    'jobAt', jobAt, 'sendAt', sendAt, 'expiresAt', expiresAt, 'attempts', 0, 'errors', refused } })
  redis.call('PEXPIRE', record, idRetentionMs)
  return { 'refused' }
end)
