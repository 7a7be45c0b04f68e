-- Whether no queue will bring a job again: it is not there, or has ended.
local function isJobless(job)
  return redis.call('EXISTS', bullJobPrefix .. job) == 0 or redis.call('ZSCORE', bullJobPrefix .. 'completed', job)
end
