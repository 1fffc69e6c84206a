#pragma once
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

#include "base/log/log.h"

namespace syncwatch::log {

namespace net = boost::asio;

/// An executor that runs a coroutine as another one would, and names a request in every line that
/// is logged meanwhile: nobody has to hand the id down.
class ContextExecutor {
public:
    ContextExecutor(net::any_io_executor inner, std::shared_ptr<const std::string> request)
        : inner_(std::move(inner)), request_(std::move(request)) {}

    template <class Function>
    void execute(Function&& function) const {
        inner_.execute([request = request_,
                        run = std::decay_t<Function>(std::forward<Function>(function))]() mutable {
            const Context context(*request);
            std::move(run)();
        });
    }

    template <class Property>
    requires net::can_query_v<net::any_io_executor, Property>
    decltype(auto) query(const Property& property) const { return net::query(inner_, property); }
    template <class Property>
    requires net::can_require_v<net::any_io_executor, Property> ContextExecutor
    require(const Property& property)
    const { return {net::require(inner_, property), request_}; }
    template <class Property>
    requires net::can_prefer_v<net::any_io_executor, Property> ContextExecutor
    prefer(const Property& property)
    const { return {net::prefer(inner_, property), request_}; }

    friend bool operator==(const ContextExecutor& a, const ContextExecutor& b) noexcept {
        return a.inner_ == b.inner_ && a.request_ == b.request_;
    }

private:
    net::any_io_executor inner_;
    std::shared_ptr<const std::string> request_;
};

}  // namespace syncwatch::log
