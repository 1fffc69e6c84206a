#include "base/async/run_to_end.h"

#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace syncwatch {

void run_to_end(net::awaitable<void> task) {
    net::io_context context(1);
    auto done = [](std::exception_ptr fault) {
        if (fault) std::rethrow_exception(fault);
    };
    net::co_spawn(context, std::move(task), std::move(done));
    context.run();
}

}  // namespace syncwatch
