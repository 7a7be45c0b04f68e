-- Shows a delivery's status as its job's progress, as BullMQ's own updateProgress does; a job that has gone shows
-- nothing.
local function showProgress(job, status)
  local key = bullJobPrefix .. job
  if redis.call('EXISTS', key) == 1 then
    local progress = '"' .. status .. '"'
    redis.call('HSET', key, 'progress', progress)
    redis.call('XADD', bullEvents, 'MAXLEN', '~', '1000', '*', 'event', 'progress', 'jobId', job, 'data', progress)
  end
end
