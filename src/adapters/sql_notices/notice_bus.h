#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sql/database.h"
#include "ports/bus.h"

namespace syncwatch::sql {

/// The bus of a process that only speaks, beside a server on the same database: what is published
/// is written down by send(), and the server's NoticeReader takes it from there within a second.
/// One thread.
class NoticeBus final : public Bus {
public:
    explicit NoticeBus(Database& database) : database_(database) {}

    void publish(const std::string& topic, std::string payload) override;
    /// Hears nothing: the process does not stay to listen.
    [[nodiscard]] std::unique_ptr<Subscription> subscribe(const std::string& topic,
                                                          net::any_io_executor executor,
                                                          Handler handler) override;
    [[nodiscard]] std::unique_ptr<Subscription> on_gap(net::any_io_executor executor,
                                                       GapHandler handler) override;
    /// Writes down what was published. Errors: Unavailable.
    Async<> send();

private:
    Database& database_;
    std::vector<std::pair<std::string, std::string>> waiting_;
};

}  // namespace syncwatch::sql
