#include "adapters/ffmpeg/read_feeder.h"

#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/stat.h>

#include "adapters/ffmpeg/read_notices.h"

namespace syncwatch::ffmpeg {

Async<> feed_reads(UniqueFd listener, std::shared_ptr<PartialFile> file) {
    struct ::stat facts {};
    if (::stat(file->path().c_str(), &facts) != 0) {
        co_return fail(ErrorCode::Internal, "a file that is read is gone");
    }
    const int fd = listener.release();
    net::posix::stream_descriptor told(co_await net::this_coro::executor, fd);
    ReadNotices notices(fd);
    for (;;) {
        const auto notice = notices.take();
        if (!notice) {
            if (notices.is_over()) co_return Result<>();
            const auto [error] = co_await told.async_wait(net::posix::stream_descriptor::wait_read,
                                                          net::as_tuple(net::use_awaitable));
            if (error) co_return fail(ErrorCode::Cancelled, "the program was stopped");
            continue;
        }
        const auto place = place_of(*notice, facts.st_dev, facts.st_ino);
        Result<> brought;
        if (place) brought = co_await file->bring(*place, notice->count);
        if (!brought) {
            notices.refuse(notice->id);
            co_return brought;
        }
        notices.let_go_on(notice->id);
    }
}

}  // namespace syncwatch::ffmpeg
