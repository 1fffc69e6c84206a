#pragma once

namespace syncwatch::harness {

/// Makes the keys of the numbers ARGV[1] to ARGV[2]: all types, binary keys and values, and every
/// tenth with an end, those behind 1000 in database 3. Says "filled".
inline constexpr const char* kFillRedis = R"(
if tonumber(ARGV[1]) > 1000 then redis.call('SELECT', 3) end
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
    local kind, key = i % 6, 'key:' .. i .. string.char(0, 255, 10)
    if kind == 0 then redis.call('SET', key, string.rep(string.char(i % 256), i % 100))
    elseif kind == 1 then redis.call('RPUSH', key, i, 'b', 'c')
    elseif kind == 2 then redis.call('SADD', key, i, i + 1)
    elseif kind == 3 then redis.call('ZADD', key, i / 3, 'a', 2, 'b')
    elseif kind == 4 then redis.call('HSET', key, 'field', i)
    else redis.call('XADD', key, i .. '-1', 'said', i) end
    if i % 10 == 0 then redis.call('PEXPIRE', key, 3600000) end
    if i == 1000 then redis.call('SELECT', 3) end
end
return 'filled')";

}  // namespace syncwatch::harness
