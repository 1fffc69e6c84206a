#include "gateway/api/this_machine.h"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/asio/ip/address.hpp>

namespace syncwatch::http {

bool names_this_machine(std::string_view authority) {
    std::string_view host = authority.substr(0, authority.rfind(':'));
    if (authority.starts_with('[')) {
        host = authority.substr(1, authority.find(']') - 1);
    }
    if (boost::iequals(host, "localhost")) return true;
    boost::system::error_code bad;
    const auto address = boost::asio::ip::make_address(std::string(host), bad);
    return !bad && address.is_loopback();
}

bool is_meant_for_this_machine(const Request& request) {
    if (request.fields.find("X-Forwarded-For") || request.fields.find("Forwarded")) return false;
    const auto host = request.fields.find("Host");
    return !host || names_this_machine(*host);
}

}  // namespace syncwatch::http
